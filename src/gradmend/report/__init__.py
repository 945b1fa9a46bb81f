"""Records to a document, and the document to a terminal or a file. No keras in here."""

from gradmend.report.document import Document, document_of

__all__ = ["Document", "document_of"]

"""`python -m gradmend` is the command `gradmend`."""

from gradmend.cli import main

if __name__ == "__main__":
    main(prog_name="gradmend")

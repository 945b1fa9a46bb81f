"""Find out why a Keras model does not learn, mend it, and prove that the mend works."""

"""Lanewise serves people: the command line, the web service, the built site."""

"""Trains the weights of the line model from pages with a label for every line."""

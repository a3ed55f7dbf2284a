"""Pictures with matplotlib: units on every axis, colours of Okabe and Ito (told apart with any
colour vision), points that differ by shape as well, sizes that print on A4."""

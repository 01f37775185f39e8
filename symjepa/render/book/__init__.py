"""The book: checked theorems as LaTeX for somebody's paper, and as a document that stands alone."""

"""From a matrix flow to the scalar flow of a singular mode."""

"""From the loss to the equations of a mode."""

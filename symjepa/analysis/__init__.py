"""What a mode flow seems to do: conserved quantities, fixed points, rates, trajectories.  Proposes, decides nothing."""

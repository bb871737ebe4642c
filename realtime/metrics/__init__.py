"""What a process counts of its own work, in plain numbers; how they are shown is for others."""

"""The cockpit (驾驶舱): where the city stands, and the way from each figure to its cases."""

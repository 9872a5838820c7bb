"""What operators see of the node: metrics, decision records, explanations."""

"""What HTTP and the operator say, one module per question. Pure: time, health and chance are arguments."""

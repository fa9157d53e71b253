"""What comes in from outside: the clients of OMS and the DQM GUI, and what their answers change."""

"""What goes wrong while people work: each fault done to real processes under load, what people see, what is kept."""

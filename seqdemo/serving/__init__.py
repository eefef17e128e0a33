"""Between the network and the page: what is let in, how much of it, and what is seen from outside."""

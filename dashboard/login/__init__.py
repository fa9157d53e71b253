"""Who is in front of a page: login through an OpenID provider, what a browser keeps of it, and when it is over."""

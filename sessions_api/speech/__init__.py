"""Reading messages aloud: a provider is a file beside this one and a line in ``registry``."""

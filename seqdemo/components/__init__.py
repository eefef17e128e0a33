"""Views that live in the browser: each a gr.HTML with its .js and .css beside it. No torch."""

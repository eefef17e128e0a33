"""Pure drawings: a record in, a plotly figure out. No Gradio, no torch."""

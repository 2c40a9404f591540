"""Models: the catalog, references, loading, and the pipelines that answer with them."""

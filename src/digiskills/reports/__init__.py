"""From notebooks to pages: parameters, what is declared, the run, freshness, pages and their index."""

"""Records anew the pages that page marks are judged on, from servers and frameworks that really run here."""

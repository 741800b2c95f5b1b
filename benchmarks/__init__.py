"""Speed against other search engines: one run, one corpus, the same queries, ratios ours/theirs."""

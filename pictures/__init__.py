"""Pictures that Chromium draws: the icons of the site, and every template as readers see it."""

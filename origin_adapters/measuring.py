"""What every storefront meets because of the scripts in its pages, whatever it runs on."""

from __future__ import annotations

COOKIES = (
    "_ga",  # Google Analytics: visitor
    "_ga_*",  # Google Analytics 4: session, one for each property
    "_gid",  # Google Analytics (Universal): visitor of the day
    "_gat*",  # Google Analytics (Universal): throttle
    "_gcl_*",  # Google Ads: conversion linker
    "_fbp",  # Meta pixel: browser
    "_fbc",  # Meta pixel: click
    "_uetsid",  # Microsoft Advertising: session
    "_uetvid",  # Microsoft Advertising: visitor
    "_clck",  # Microsoft Clarity: visitor
    "_clsk",  # Microsoft Clarity: session
    "_hj*",  # Hotjar
    "_pk_*",  # Matomo
    "_ttp",  # TikTok pixel
    "_pin_unauth",  # Pinterest tag
)
"""Set and read in the browser; the server builds no page from them."""

PATHS = (
    "/cdn-cgi/*",  # Cloudflare: real user measurements, challenges
    "/g/collect",  # Google Analytics 4 behind the shop's own name (server-side tagging)
    "/j/collect",  # the same, Universal Analytics
    "/matomo.php",  # Matomo on the shop's own host
    "/piwik.php",  # the same under its old name
    "/api/event",  # Plausible behind the shop's own name
    "/_vercel/insights/*",  # Vercel's page view counter
    "/csp-report*",  # browsers reporting violations of Content-Security-Policy
    "/.well-known/*",  # for machines (RFC 8615)
)
"""Beacons, sent with POST from every page view. They change no page."""

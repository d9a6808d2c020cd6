"""Formatting of results: tables and sentences for people; JSON, CSV and TSV for programs."""

"""Results as text: tables and sentences for people, JSON, CSV and TSV for programs."""

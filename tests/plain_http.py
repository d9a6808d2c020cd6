"""What httpx needs for servers without TLS."""

import ssl

# Loading the certificates of all authorities would take longer than most requests.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

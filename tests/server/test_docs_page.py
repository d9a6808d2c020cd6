"""The page that shows the OpenAPI document."""

import re
from urllib.parse import urljoin

import pytest
from tests.server.conftest import Api, Serve
from tests.server.problem_details import check


@pytest.mark.parametrize("root_path", ["", "/team/timers"])
def test_page_loads_only_files_of_server(serve: Serve, tmp_path: object, root_path: str) -> None:
    api = serve(f"{tmp_path}/tasks.db", root_path=root_path)
    page = api.client.get("/docs")
    policy = page.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert not re.search("<script>| on[a-z]+=|<style|https?:", page.text)
    urls = re.findall('(?:href|src)="([^"]+)"', page.text)
    types = {}
    for url in urls:
        if not url.startswith("data:"):
            path = urljoin(f"https://proxy.example{root_path}/docs", url).removeprefix(
                f"https://proxy.example{root_path}"
            )
            response = api.client.get(path)
            assert (response.status_code, len(response.content) > 100) == (200, True)
            types[path] = response.headers["content-type"].partition(";")[0]
    script = "text/javascript"
    assert types == {"/docs/swagger-ui.css": "text/css", "/docs/swagger-ui-bundle.js": script, "/docs/start.js": script}
    (document,) = re.findall('url: "(.+)"', api.client.get("/docs/start.js").text)
    assert api.client.get(urljoin("/docs", document)).json()["servers"] == [{"url": root_path or "/"}]


def test_head_is_answered_like_get(file_api: Api) -> None:
    for path in ("/docs", "/docs/start.js", "/docs/swagger-ui.css"):
        head, get = file_api.client.head(path), file_api.client.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.content))


@pytest.mark.parametrize("name", ["redoc.standalone.js", "..%2F__init__.py", "%2e%2e", "", "start.js/x", "%00"])
def test_other_files_are_not_found(file_api: Api, name: str) -> None:
    check(file_api.client.get(f"/docs/{name}"), 404)

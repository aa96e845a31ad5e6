"""The installation of docker-compose.yml, without Docker: two web processes, a worker, PostgreSQL, Valkey."""

import signal

import httpx
import psutil

from tests.support.processes import Server, free_port


def test_both_processes_are_ready(cluster):
    for web in cluster.web:
        answer = httpx.get(web.url + "/readyz")
        assert answer.status_code == 200, answer.text


def test_what_one_process_writes_the_other_reads(cluster):
    one, two = cluster.web
    token = one.api_token()
    headers = {"authorization": f"Bearer {token}"}
    made = httpx.post(f"{one.url}/api/v1/dataset/create", json={"name": "Shared"}, headers=headers).raise_for_status().json()
    read = httpx.get(f"{two.url}/api/v1/dataset/{made['id']}/fetch", headers=headers).raise_for_status().json()
    assert read["name"] == "Shared"


def test_a_change_of_one_process_is_seen_in_the_other(cluster):
    one, two = cluster.web
    with one.operator() as api:
        widget = api.post("integration/widget/create", json={"title": "Before"}).raise_for_status().json()["id"]
        path = f"/integrations/widget/{widget}/frame"
        assert all("<title>Before<" in httpx.get(web.url + path).text for web in cluster.web)
        api.post(f"integration/widget/{widget}/update", json={"title": "After"}).raise_for_status()
    assert "<title>After<" in httpx.get(one.url + path).text
    # Without Valkey's word for it this process would serve what it has for a minute.
    two.wait_for(lambda: "<title>After<" in httpx.get(two.url + path).text, seconds=20)


def test_the_worker_embeds_what_a_web_process_was_given(cluster):
    web = cluster.web[0]
    with web.operator() as api:
        dataset = api.post("dataset/create", json={"name": "Facts"}).raise_for_status().json()["id"]
        api.post(f"dataset/{dataset}/record/create", json={"text": "The shop opens at nine."}).raise_for_status()
    count = f"from bots.models import DatasetRecord as R; print(R.objects.filter(dataset='{dataset}', vectors=None).count())"
    cluster.worker.wait_for(lambda: web.manage("shell", "-v", "0", "-c", count) == "0", every=1)


def test_metrics_stay_closed_in_production(cluster):
    assert httpx.get(cluster.web[0].url + "/metrics").status_code == 404


def test_two_workers_behind_one_port_serve_and_stop(cluster, tmp_path):
    web = cluster.web[0]
    extra = {"WEB_WORKERS": "2", "PORT": str(free_port()), "METRICS_TOKEN": "token", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "m")}
    environment = {**web.environment, **extra}
    pair = Server(web.child.args, environment, tmp_path / "pair.log")
    pair.url = f"http://127.0.0.1:{environment['PORT']}"
    try:
        pair.wait_for(lambda: pair.answers("/readyz"))
        answer = httpx.get(pair.url + "/metrics", headers={"authorization": "Bearer token"})
        assert "chatwidget_open_sockets" in answer.text
        children = psutil.Process(pair.child.pid).children(recursive=True)
        assert len(children) >= 2
    finally:
        code = pair.stop(signal.SIGTERM)
    assert code in (0, -signal.SIGTERM)
    assert not psutil.wait_procs(children, timeout=10)[1]

"""The visitors of load.py, as locust makes them: they open the page, think, ask, read the answer's stream.

Started by agreement.py. A "question" lasts from pressing until the answer is there, as the driver counts it.
"""

from __future__ import annotations

import json
import os
import random
import re
import time
import uuid

from locust import HttpUser, task

from tests.benchmarks.load import TEXTS, Form, forms_of, problem_of

THINK = float(os.environ.get("SEQDEMO_THINK", "2"))


class Visitor(HttpUser):  # type: ignore[misc]
    forms: list[Form]

    def wait_time(self) -> float:
        return random.uniform(0.5, 1.5) * THINK

    def on_start(self) -> None:
        self.session = f"locust{uuid.uuid4().hex}"
        page = self.client.get("/", name="page").text
        for path in sorted(set(re.findall(r'(?:src|href)="(\.?/[^"]+\.(?:js|css))"', page))):
            self.client.get("/" + path.lstrip("./"), name="file")
        self.forms = forms_of(self.client.get("/config", name="config").json())
        time.sleep(self.wait_time())  # the driver's visitors think before they ask for the first time too

    @task
    def ask(self) -> None:
        form = self.forms[0] if len(self.forms) < 2 or random.random() < 0.7 else self.forms[1]
        data = list(form.data)
        data[form.text] = random.choice(TEXTS)
        body = {"data": data, "fn_index": form.function, "session_hash": self.session}
        begin, wrong = time.perf_counter(), None
        joined = self.client.post("/gradio_api/queue/join", json=body, name="join")
        answer = self.client.get(f"/gradio_api/queue/data?session_hash={self.session}", name="stream")
        messages = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
        done = [one for one in messages if one["msg"] == "process_completed"]
        if joined.status_code != 200 or not done or problem_of(done[-1]):
            wrong = RuntimeError(problem_of(done[-1]) if done else f"no answer, status {joined.status_code}")
        self.environment.events.request.fire(
            request_type="ask",
            name="question",
            response_time=1000 * (time.perf_counter() - begin),
            response_length=len(answer.content),
            exception=wrong,
            context={},
        )

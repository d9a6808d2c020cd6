// Calls the server with the types that openapi-typescript generates.

import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };

type Task = components["schemas"]["TaskResponse"];

const [url, token] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });
const day = "2023-07-16";

function show({ id, description, project, tags }: Task) {
  return { id, description, project, tags };
}

function sent<T>(result: { data?: T; error?: unknown }): T {
  if (result.data === undefined) throw new Error(JSON.stringify(result.error));
  return result.data;
}

const created = await api.POST("/track", {
  body: {
    user_id: 42,
    description: "書類を書く",
    project: "acme corp/web site",
    tags: ["été"],
    start_time: `${day}T09:00:00+02:00`,
  },
});
const { id } = sent(created);
const end = { id, end_time: `${day}T10:30:00+02:00` };
const stopped = sent(await api.POST("/stop", { body: end }));
const times = sent(await api.GET("/times", { params: { query: { user_id: 42, date: day, tz: "Europe/Berlin" } } }));
const page = sent(await api.GET("/tasks", { params: { query: { from: day, to: day } } }));
const span = { from: day, to: day, by: "day,project", round: "15m", tag: ["été"] };
const report = sent(await api.GET("/report", { params: { query: span } }));
const task = sent(await api.GET("/tasks/{id}", { params: { path: { id } } }));
const csv = sent(await api.GET("/export", { params: { query: { format: "csv" } }, parseAs: "text" }));
const json = sent(await api.GET("/export", { params: { query: { format: "json" } }, parseAs: "text" }));
const again = await api.POST("/stop", { body: end });

console.log(
  JSON.stringify({
    location: created.response.headers.get("location"),
    stopped: stopped.id,
    times: times.map((entry) => ({ ...show(entry), time_spent: entry.time_spent })),
    tasks: page.tasks.map(show),
    task: show(task),
    report: report.rows.map(({ keys, seconds, rounded }) => [...keys, seconds, rounded]),
    csv: csv.split("\n")[1],
    json: JSON.parse(json)[0].description,
    problem: again.error?.code,
  }),
);

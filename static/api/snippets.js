// A request as code that people copy; the token comes from their environment.
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const python = (value) => JSON.stringify(value, null, 4).replaceAll(/(?<=[:[,]\s*)(true|false|null)(?=\s*[,}\]\n])/g, (word) => ({ true: "True", false: "False", null: "None" })[word]);

const KINDS = {
  curl: ({ method, url, headers, json, file }) =>
    [
      `curl ${method === "GET" ? "" : `-X ${method} `}${quoted(url)}`,
      '-H "Authorization: Bearer $TOKEN"',
      ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
      ...(json ? [`-d ${quoted(JSON.stringify(json))}`] : []),
      ...(file ? [`-F ${quoted(`file=@${file.name}`)}`] : []),
    ].join(" \\\n  "),
  js: ({ method, url, headers, json }) => {
    const { origin, pathname, search } = new URL(url);
    const streamed = headers.Accept === "application/jsonl";
    const options = json ? `, { record: ${JSON.stringify(json, null, 2)} }` : method === "POST" ? ', { method: "POST" }' : "";
    const call = `client.clientFetch(${JSON.stringify(pathname + search)}${options})`;
    const use = streamed ? `for await (const line of ${call}.stream()) console.log(line);` : `console.log(await ${call});`;
    return `import { ChatBotKit } from "@chatbotkit/sdk";\n\nconst client = new ChatBotKit({ secret: process.env.TOKEN, baseUrl: ${JSON.stringify(origin)} });\n${use}`;
  },
  python: ({ method, url, headers, json, file }) => {
    const sent = { ...headers };
    delete sent["Content-Type"];
    const extra = [
      ...(json ? [`json=${python(json)}`] : []),
      ...(file ? [`files={"file": open(${JSON.stringify(file.name)}, "rb")}`] : []),
    ];
    const named = Object.entries(sent).map(([name, value]) => `, ${JSON.stringify(name)}: ${JSON.stringify(value)}`).join("");
    const given = [JSON.stringify(method), JSON.stringify(url), `headers={"Authorization": f"Bearer {os.environ['TOKEN']}"${named}}`, ...extra].join(", ");
    return sent.Accept === "application/jsonl"
      ? `import os, httpx\n\nwith httpx.stream(${given}, timeout=None) as answer:\n    for line in answer.iter_lines():\n        print(line)`
      : `import os, httpx\n\nanswer = httpx.request(${given})\nprint(answer.raise_for_status().text)`;
  },
};

/** The request as `curl`, `js` or `python`. */
export const snippet = (kind, request) => KINDS[kind](request);

// @NAME@: a small HTTP service.
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const NAME = "@NAME@";

export function create(greeting) {
  const routes = {
    "/": { service: NAME, message: greeting },
    "/health": { service: NAME, status: "healthy" },
  };
  return createServer((request, response) => {
    const body = request.method === "GET" ? routes[request.url] : undefined;
    response.writeHead(body ? 200 : 404, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body ?? { error: "not found" }));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const server = create(process.env.GREETING ?? "hello");
  server.listen(Number(process.env.PORT ?? @PORT@));
  // As the container's first process it has to end on SIGTERM by itself; requests in flight may end.
  process.on("SIGTERM", () => server.close());
}

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { create } from "../server.js";

const server = create("good morning");
let address;

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

for (const [path, status, body] of [
  ["/", 200, { service: "@NAME@", message: "good morning" }],
  ["/health", 200, { service: "@NAME@", status: "healthy" }],
  ["/nowhere", 404, { error: "not found" }],
]) {
  test(`GET ${path}`, async () => {
    const response = await fetch(address + path, { headers: { connection: "close" } });
    assert.equal(response.status, status);
    assert.deepEqual(await response.json(), body);
  });
}

// The document of the API, as a published validator reads it.

import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "../support/test.ts";

test("the API's document is valid OpenAPI 3.1", async ({ request }) => {
  const answer = await request.get("/api/openapi.json");
  expect(answer.status()).toBe(200);
  const document = await answer.json();
  expect(document.openapi).toMatch(/^3\.1\./);
  expect((await new Validator().validate(document)).errors).toBeUndefined();

  // The validator does see a missing description.
  delete document.paths["/healthz"].get.responses["200"].description;
  expect((await new Validator().validate(document)).valid).toBe(false);
});

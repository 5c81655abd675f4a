// The OpenAPI document is valid according to a validator.

import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "../../support/test.ts";

test("the OpenAPI document is valid", async ({ request }) => {
  const response = await request.get("/api/openapi.json");
  expect(response.status()).toBe(200);
  const document = await response.json();
  expect(document.openapi).toMatch(/^3\.1\./);
  expect((await new Validator().validate(document)).errors).toBeUndefined();

  // Checks the validator itself: it must detect a missing description.
  delete document.paths["/healthz"].get.responses["200"].description;
  expect((await new Validator().validate(document)).valid).toBe(false);
});

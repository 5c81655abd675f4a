import { randomUUID } from "node:crypto";
import { expect, type APIRequestContext } from "@playwright/test";

export interface Organization {
  id: string;
  name: string;
  user: { id: string; email: string; name: string; role: string };
  email: string;
  password: string;
}

/**
 * Registers an organization. `request` keeps the session cookie, so passing `page.request` signs the page in.
 */
export async function registerOrganization(request: APIRequestContext, name = "Acme Legal"): Promise<Organization> {
  const password = `correct horse ${randomUUID()}`;
  const email = `ada.${randomUUID()}@example.com`;
  const response = await request.post("/api/v1/auth/register", {
    data: { organization: name, name: "Ada Lovelace", email, password },
  });
  expect(response.status(), await response.text()).toBe(201);
  const body = (await response.json()) as { user: Organization["user"]; organization: { id: string; name: string } };
  return { ...body.organization, user: body.user, email, password };
}

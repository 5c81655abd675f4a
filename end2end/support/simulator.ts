// Client for the control API of the simulated Salesforce.

import { expect, type APIRequestContext } from "@playwright/test";

export interface NewOpportunity {
  name: string;
  account_name: string;
  stage: string;
  /** Developer name of the record type. */
  record_type?: string;
  /** Time of creation (RFC 3339). */
  at?: string;
}

export interface NewOpportunities {
  /** At most 10,000. */
  count: number;
  name?: string;
  stage: string;
  record_type?: string;
  at?: string;
}

export interface NewFile {
  file_name: string;
  /** The content of the file. Alternatively, `sample` names a sample document of the simulator. */
  content_base64?: string;
  sample?: string;
  kind?: string;
}

export interface App {
  client_id: string;
  client_secret: string;
  redirect_uris: string[];
  name: string;
}

export class Simulator {
  constructor(
    private readonly request: APIRequestContext,
    readonly url: string,
  ) {}

  async state<State = unknown>(): Promise<State> {
    const response = await this.request.get(`${this.url}/control/state`);
    expect(response.ok(), "state of the simulator").toBe(true);
    return (await response.json()) as State;
  }

  async reset(): Promise<void> {
    await this.post("reset", {});
  }

  /** Creates an Opportunity. Returns its id. */
  async createOpportunity(opportunity: NewOpportunity): Promise<string> {
    return ((await this.post("opportunities", opportunity)) as { id: string }).id;
  }

  /** Creates several Opportunities. Returns their ids. */
  async createOpportunities(opportunities: NewOpportunities): Promise<string[]> {
    return ((await this.post("opportunities/bulk", opportunities)) as { ids: string[] }).ids;
  }

  /** Moves an Opportunity to a stage. If that stage is the trigger stage, the simulated trigger calls the webhook. */
  async setStage(id: string, stage: string): Promise<void> {
    await this.post(`opportunities/${id}/stage`, { stage });
  }

  async addFile(opportunityId: string, file: NewFile): Promise<unknown> {
    return this.post(`opportunities/${opportunityId}/files`, file);
  }

  /** Sets the webhook address and the secret that the trigger uses. Without an address the trigger calls nothing. */
  async setWebhook(url: string | null, secret: string): Promise<void> {
    await this.post("webhook", { url, secret });
  }

  /** Sets the address of the Outbound Message, and the stage whose entry sends it. Without an address nothing is sent. */
  async setOutbound(url: string | null, stage?: string): Promise<void> {
    await this.post("outbound", { url, stage });
  }

  /** Sends the notifications of the Outbound Message that are not acknowledged. */
  async retryOutbound(): Promise<void> {
    await this.post("outbound/retry", {});
  }

  async addApp(app: App): Promise<void> {
    await this.post("apps", app);
  }

  async addFault(fault: Record<string, unknown>): Promise<void> {
    await this.post("faults", fault);
  }

  async clearFaults(): Promise<void> {
    const response = await this.request.delete(`${this.url}/control/faults`);
    expect(response.ok(), "faults are cleared").toBe(true);
  }

  /** Makes the status field in Salesforce usable, or gives it the given defect. */
  async setStatusField(status_field: "present" | "missing" | "read_only" | "restricted" | "short"): Promise<void> {
    await this.post("fields", { status_field });
  }

  /** Hides objects (`OpportunityHistory`) and fields (`Opportunity.RecordTypeId`) from the connected user. */
  async hide(hidden: string[]): Promise<void> {
    await this.post("fields", { hidden });
  }

  /** Allows or forbids the connected user to create files. */
  async allowFiles(create_files: boolean): Promise<void> {
    await this.post("fields", { create_files });
  }

  /** Sets the number of API calls that the org may make in 24 hours. */
  async setApiLimit(max: number): Promise<void> {
    await this.post("limits", { max });
  }

  /** Moves the clock. Negative seconds move it back. */
  async advanceClock(advance_seconds: number): Promise<void> {
    await this.post("clock", { advance_seconds });
  }

  /** Revokes the access of the app, as a Salesforce administrator can. */
  async revokeGrants(): Promise<void> {
    await this.post("grants/revoke", {});
  }

  private async post(path: string, data: unknown): Promise<unknown> {
    const response = await this.request.post(`${this.url}/control/${path}`, { data });
    const body = await response.text();
    expect(response.ok(), `POST /control/${path} answered ${response.status()}: ${body}`).toBe(true);
    return body ? JSON.parse(body) : undefined;
  }
}

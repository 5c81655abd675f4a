import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import read from '@salesforce/apex/LexiContractPanelController.read';
import send from '@salesforce/apex/LexiContractPanelController.send';

const UNKNOWN_PROBLEM = 'LexiContract could not be reached. Try again; if it stays, ask your Salesforce administrator.';

/** Panel that shows the status of an Opportunity's contract, and a button that sends the Opportunity to legal. */
export default class LexiContractPanel extends LightningElement {
    /** Id of the Opportunity whose record page shows the panel. */
    @api recordId;

    message = '';
    problem = '';
    isSending = false;
    wired;

    /** Receives the state of the Opportunity. Keeps the wired value, which `refreshApex` requires. */
    @wire(read, { opportunityId: '$recordId' })
    receive(wired) {
        this.wired = wired;
        this.problem = wired.error ? sentence(wired.error) : '';
    }

    get state() {
        return this.wired?.data;
    }

    get status() {
        return this.state.status ?? 'No contract yet';
    }

    get isSendDisabled() {
        return this.isSending || !this.state?.isActive;
    }

    async handleRefresh() {
        await refreshApex(this.wired);
    }

    async handleSend() {
        this.isSending = true;
        this.message = '';
        this.problem = '';
        try {
            this.message = await send({ opportunityId: this.recordId });
        } catch (error) {
            this.problem = sentence(error);
        } finally {
            this.isSending = false;
        }
        await refreshApex(this.wired);
    }
}

/** Returns the user message of a failed Apex call. */
function sentence(error) {
    return error?.body?.message ?? UNKNOWN_PROBLEM;
}

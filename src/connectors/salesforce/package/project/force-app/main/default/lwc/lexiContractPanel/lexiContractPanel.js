import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import read from '@salesforce/apex/LexiContractPanelController.read';
import send from '@salesforce/apex/LexiContractPanelController.send';

const UNKNOWN_PROBLEM = 'LexiContract could not be reached. Try again; if it stays, ask your Salesforce administrator.';

/** How the contract of an Opportunity stands in LexiContract, and the button that sends it to legal. */
export default class LexiContractPanel extends LightningElement {
    /** The Opportunity of the record page. */
    @api recordId;

    message = '';
    problem = '';
    isSending = false;
    wired;

    /** Also keeps what `refreshApex` needs. */
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

/** What a failed call of Apex says to people. */
function sentence(error) {
    return error?.body?.message ?? UNKNOWN_PROBLEM;
}

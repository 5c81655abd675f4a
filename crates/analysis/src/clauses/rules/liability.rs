rules! {
    LiabilityCap (is_fitted: true, threshold: 4.1, cap: 10) {
        gate: r"\b(liab|damages|recover|claim|remed|responsib|exceed|action|recourse)";
        heading 2.6: r"\b(limitation|limit of|liabilit|damages)";
        2.6: r"\b((consequential|incidental|indirect|punitive|exemplary).{0,60}\b(damages|loss)|(damages|loss(es)?).{0,60}\b(consequential|incidental|indirect|punitive|exemplary))";
        2.5: r"\b(liab(le|ility).{0,200}\b(exceed|limited to|in excess of|greater than)|(exceed|limited to).{0,160}\bliabilit)";
        1.5: r"\b(in no event|under no circumstances|not be liable|no liability|neither party (shall|will) be liable|shall not be responsible|nor shall)";
        1.8: r"\b(even if.{0,80}\badvised|possibility of such|regardless of the (form|cause|theory)|whether in contract)";
        0.9: r"\b(lost profits|loss of (profit|business|revenue|use|data))";
        0.9: r"\bno (action|claim|suit).{0,80}\b(may|shall|can) be (brought|made|asserted|commenced).{0,60}\b(after|more than|year)";
        4.6: r"\b((sole|exclusive) (and exclusive )?(remedy|liability|obligation)|entire liability)";
        -1.4: r"\b(insurance|indemnif(y|ies).{0,30}\b(defend|hold)|limited liability company|per occurrence)";
        -0.6: r"\b(shall indemnify|liquidated)";
        1.3: r"\b(regardless of (the )?form|form of action|cause of action)";
        3.7: r"\b(years?|months).{0,40}\b(after|from|following).{0,60}\b(cause|claim|action|accru|discover|knew)";
        1.3: r"\b((shall|will|does|do) not exceed|exceed (the|an|in the)|total (amount|liability)|aggregate)";
        1.0: r"\b(amounts? (actually )?(paid|payable|received)|fees paid|purchase price)";
        0.7: r"\b(arising (out of|from|under)|out of or related)";
        -0.9: r"\b(beyond (the|its)|acts? of god|force majeure|strike)";
        -1.8: r"\b(not limited to|hold harmless|indemnify)";
        1.9: r"\bmax(imum)?\b|\bbe limited|\bstrict liability";
        1.6: r"\b(special|lost profits|loss of (profit|business|use|data))";
        1.3: r"\b(refund|replac)";
    }

    UncappedLiability (is_fitted: true, threshold: 5.9, cap: 6) {
        gate: r"\b(liab|damages|limit)";
        heading 1.7: r"\b(limitation|limit of|liabilit|damages)";
        1.5: r"\b(except|other than|excluding|notwithstanding|with the exception).{0,250}\b(liab|damages|indemnif|gross negligence|willful|confidential|fraud)";
        2.1: r"\b(nothing|shall not|does not|do not|will not) .{0,80}\b(limit|exclude|apply|restrict).{0,120}\b(liab|damages|indemnif|negligence|death|fraud|misconduct)";
        1.2: r"\b(gross negligence|wil+ful|fraud|death or personal|personal injury|indemnification obligations|obligations? (of|to) indemnif|breach of (\w+ )?confidential|infringement)";
        0.7: r"\b(consequential|incidental|indirect|punitive|(aggregate|total) liability|in no event)";
        1.4: r"\b(in no event|neither party|either party be liable)";
        1.8: r"\b(possibility of such|contract, tort|even if)";
        1.4: r"\b(section \d|article \d)";
        0.4: r"\b(except|other) (for|than|as|with respect).{0,160}\b(indemnif|confidential|misconduct|negligence)";
        0.8: r"\b(exceed|amounts? (paid|payable)|total liability)";
        -0.6: r"\b(lost profits|consequential)";
        -1.2: r"\b(hold harmless|defend|caused by)";
    }

    Indemnity (is_fitted: false, threshold: 4.0, cap: 4) {
        gate: r"\b(indemnif|hold harmless|indemnit)";
        heading 1.0: r"\b(indemni|hold harmless)";
        3.0: r"\b((shall|will|agrees? to|hereby|must) (\w+,? ){0,8}indemnify|indemnif(y|ies).{0,80}\b(hold|harmless|defend)|(defend|save).{0,60}\b(indemnif|harmless))";
        1.0: r"\b(from and against|any and all|losses|claims|third part)";
        -2.0: r"\b(notice of|promptly notify|indemnified party (shall|will|may)|indemnifying party (shall|will|may)|surviv|except|insurance)";
    }
}

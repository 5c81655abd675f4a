rules! {
    ExpirationDate (is_fitted: true, threshold: 4.1, cap: 6) {
        gate: r"\bterm\b|\bexpir|\bcontinue|\bremain|\bterminat|\bin effect|\bin force|\banniversary|\bduration|\buntil";
        heading 1.9: r"\bterm\b|\bduration|\bexpiration";
        2.1: r"\b((initial |original |base )?term of (this|the) (\w+ ){0,3}(agreement|contract)? ?(shall|will|is|commence)|(initial|subscription|service|licen[cs]e|contract|original) term (is|shall|will|of|commence|begin))";
        1.1: r"\b(shall|will) (commence|begin|start|become effective|be effective|take effect|come into).{0,160}\b(continue|end|expire|remain|terminate|until)";
        2.4: r"\b(continue|remain|be|shall be|is) (\w+ ){0,3}in (full )?(force|effect).{0,40}\b(until|for|through|unless)";
        1.7: r"\b(continue|remain|last|extend|run) (\w+ ){0,3}(for|until|through).{0,60}(\byears?|\bmonths?|\bdays|\banniversary|\bdate|\b20\d\d|\b19\d\d|\bterminat|\bexpir|\bcompletion)";
        1.4: r"\b(period|term) of .{0,30}\b(years?|months?)\b";
        1.3: r"\bunless (sooner|earlier|otherwise|this|it is|extended|terminated|renewed|previously)";
        1.0: r"\beffective date";
        0.4: r"\b(expire|end|terminate)s? (\w+ ){0,4}(on|upon|at) (the )?.{0,60}(\banniversary|\b20\d\d|\b19\d\d|\bdecember|\bjune|\bmarch|\bjanuary)";
        1.1: r"\bthe ..?\bterm\W|\(the .{0,20}\bterm\b";
        1.5: r"\b(unless (sooner |earlier )(terminat|cancel)|(terminated|extended) (earlier )?(as|in accordance|pursuant))";
        1.4: r"\b(commenc|begin|start)\w* (on|upon|as of|from|with)";
        2.2: r"\b(agreement|contract|lease|term) (shall |will )?(automatically )?(terminates?|expires?|ends?) (on|upon|at|\w+ \(?\d+\)? (days|months|years)|\d+ (days|months|years))";
        1.6: r#"\"?\b(initial )?term\"? (means|shall mean)|\binitial term of"#;
        1.3: r"\b(19|20)\d\d\b";
        0.8: r"\banniversary";
        1.9: r"\b(perpetu|indefinite|no (fixed|definite) term)";
        -0.3: r"\b(expires? on|expiring (on )?(january|february|march|april|may|june|july|august|september|october|november|december))";
    }

    Renewal (is_fitted: true, threshold: 4.4, cap: 6) {
        gate: r"\b(renew|exten|successive|evergreen|additional term|continue)";
        heading 1.6: r"\bterm\b|\brenewal|\bextension|\bduration";
        3.0: r"\b(automatic(ally)? (be )?(renew|extend|continu)|(renew|extend)(ed|s)? automatically|automatic (renewal|extension))";
        1.4: r"\b(renew|extend)(ed|s)? .{0,60}\b(for|by) .{0,40}\b(additional|successive|further|subsequent|consecutive|one|two|three|year|month|period)";
        0.7: r"\b(successive|year to year|month to month|evergreen)";
        0.9: r"\b(option (to|of) (renew|extend)|right to (renew|extend)|may (be )?(renew|extend))";
        1.3: r"\b(renewal terms?|additional terms?|extension terms?|renewal period)";
        1.6: r"\b(years?|months?)\b";
        0.6: r"\bnotice";
        0.3: r"\b(either party|the other party|mutual)";
        1.5: r"\bup to\b|\bnegotiat|\bgood faith";
        1.1: r"\b(then.\bcurrent|expiration of the (initial|term|then)|end of the (initial|term|then))";
    }

    RenewalNotice (is_fitted: true, threshold: 5.2, cap: 5) {
        gate: r"\b(renew|exten|continue)";
        heading 1.3: r"\bterm\b|\brenewal|\bduration";
        1.0: r"\bunless .{0,160}\b(notice|notif)";
        1.2: r"\b((not|non)[ -]?(to )?(be )?(renew|extend)|intent(ion)? (not )?to (terminate|renew)|non-?renewal|elects? not)";
        1.6: r"\b(days?|months?|year)\W{1,3}(\w+ ){0,3}(prior|before|advance|notice|in advance)";
        2.3: r"\b(automatic(ally)? (be )?(renew|extend|continu)|(renew|extend)(ed|s)? automatically|automatic (renewal|extension))";
        0.2: r"\b((prior to|before) the (end|expir|anniversary|commencement|start|beginning|then)|expiration of the (then|initial|current|term))";
        0.6: r"\bnotice";
        1.1: r"\b(either party|the other party|by either)";
        1.2: r"\b(initial term or|renewal term|any renewal)";
        0.4: r"\b((not|no) less than|at least)";
        0.8: r"\bexpir(y|ation)|\bend of\b";
    }

    TerminationForConvenience (is_fitted: true, threshold: 4.1, cap: 7) {
        gate: r"\b(terminat|cancel|withdraw)";
        heading 0.2: r"\b(terminat|cancel|convenience)";
        1.1: r"\b(for (its )?convenience|without cause|with or without cause|for any (or no )?reason|for no reason|without (any )?reason|any reason whatsoever|no cause|without assigning)";
        1.9: r"\bat any ?time";
        0.9: r"\bterminat\w* (\w+ ){0,8}(by (giving|providing|delivering|serving|written|not less)|upon|on|with|at any time|subject to).{0,50}\b(days|months|month|weeks|year|written|prior|advance).{0,40}\bnotice";
        1.7: r"\b((may|right to|entitled to|elect to|option to) (\w+ ){0,6}(terminate|cancel)|(may|can) be (terminated|cancel)|(terminate|cancel)\w* by either)";
        1.7: r"\b((days|months|day|month|year|weeks)\W{0,3} ?(prior |advance |advanced )?(written )?(notice|prior)|(prior|advance|written) notice)";
        1.0: r"\b(in its|sole|absolute) (\w+ )?discretion";
        -1.8: r"\b(breach|default|insolven|bankrupt|fails? to|failure|force majeure|change (of|in) control|event that|in the event|if (the|any|either|a|such)\b|following|occurrence)";
        1.3: r"\b((days|months|month)'? (prior|advance) written notice|prior written notice (to|of))";
        0.8: r"\b(may be terminated by|agreement may (also )?be terminated)";
        0.5: r"\b(not less than|at least)";
        -1.3: r"\b(in the event|such (breach|default|failure)|immediately|cure)";
        0.9: r"\b(without cause|for convenience|no reason|any reason)";
        -1.1: r"\b(renew|extend)";
        -0.2: r"\b(either party|by either|each party)";
        -0.7: r"\b(material|cure\b|remed)";
    }
}

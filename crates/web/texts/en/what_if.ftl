# What if, and indicators in the shadow
menu-what-if = What if
what-if-title = What if
what-if-lead = Try other grades, thresholds or weights on today's data. You see which cases would come, go or move. Nothing changes until somebody adopts it and writes why.
what-if-grades = Grades and points
what-if-grades-note = A grade is A, B+, B, C or D. Points are above 0 and at most 3. A state is draft, trial, active or context.
what-if-rules = The ways to a band
what-if-ways-note = A case reaches a band when one of the ways to it holds. The words are those of the file rules.toml.
what-if-linkage = Weights of linking
what-if-weights-note = Numbers from the file linkage.toml. Other weights may change who belongs together.
what-if-weights-show = Show the weights
what-if-value = Value
what-if-now = Now
what-if-then = Then
what-if-says = The file's words
what-if-try = Try it
what-if-result-title = What would happen
what-if-whole-file = the whole file
what-if-differs = What differs
what-if-no-case = no case
what-if-spam = spam
what-if-urgent = urgent
what-if-cause = { $indicator }: { $now } → { $then } points
what-if-other-ads = Other ads belong to it
what-if-ways-only = The ways to a band
what-if-comes = Would come
what-if-goes = Would go
what-if-rises = Would rise
what-if-falls = Would fall
what-if-turns = Would change queue
what-if-fires = Fires
what-if-all = { $n ->
    [one] Show it
   *[other] Show all { $count }
 }
what-if-under-way = Everything is gone through. { $count } ads so far. It may take some minutes.
what-if-look-again = Look again
what-if-about = As a whole analysis would have it as of { $at }: with a new reference ({ $then }, now { $now }).
what-if-unchanged = { $n ->
    [one] 1 case stays as it is
   *[other] { $count } cases stay as they are
 }
what-if-anyway-count = { $n ->
    [one] 1 of the cases would move without the change as well, since the reference is new. It is marked.
   *[other] { $count } of the cases would move without the change as well, since the reference is new. They are marked.
 }
what-if-anyway = without it too
what-if-who = Who
what-if-why = Why
what-if-adopt = Adopt it
what-if-adopt-note = The configuration's files change, and it is written down who did it, when, why, and what differed.
what-if-adopt-now = Adopt
what-if-adopted = It is adopted and written down. The next analysis goes by it.
what-if-another = Try something else

shadow-title = In the shadow: { $indicator }
shadow-waits = The next analysis goes through everything as if the indicator were in force.
shadow-under-way = The analysis goes through everything as if the indicator were in force. Look again in a moment.
shadow-would = What it would have done. Cases added: { $comes }. Removed: { $goes }. Higher band: { $rises }. Lower: { $falls }. Advertisers and networks on which it fires: { $fires }.
shadow-as-of = As of { $at }. It has run since { $began }.
shadow-behind = As of { $at }; the next analysis brings it up to date. It has run since { $began }.
shadow-note = The indicator runs on stored and new ads without any effect. It stands in { $file }.
shadow-in-force = See the one in force
shadow-end = Adopt or drop
shadow-end-note = Write why. It is written down who did it, when, and what it would have done.
shadow-adopt = Adopt
shadow-drop = Drop
shadow-heading = In the shadow
shadow-list-note = These indicators run on all ads without any effect until they are adopted.
shadow-open = Open them
done-adopted = The indicator is adopted. The next analysis goes by it.
done-dropped = The indicator is no longer in the shadow.

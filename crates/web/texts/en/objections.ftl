menu-objections = Objections
objections-title = Objections
objections-lead = An objection always stops contact to the number that it is about. At times several share a number, or someone else has the phone. Then you decide here if it reaches further.
objections-open = To be decided
objections-none-open = None waits for an answer.
objections-decided = Decided
objections-all = All objections
objections-none = There are no objections.
objection-look = Look at the network
objection-how-far = How far does it reach?
objection-help-contact = The others can still be offered help in another way.
objection-help-advertiser = None of the advertiser's contacts is used any more, nor in new ads. An urgent route is not touched.
objection-reason = Why?
objection-decide = Save
objection-decided-by = { $name }, { $time }: { $reason }
objection-by-public = on the public page
objection-by-worker = told to a worker
objection-by-office = told or written to us
objection-in-force = In force
objection-asks = In force; someone is to decide how far
objection-withdrawn-by = Withdrawn { $time }, { $name }
objection-withdraw = Withdraw
objection-withdraw-reason = Who asked for it, and how?
wrong-objection-decision = Choose how far it reaches, and write why
wrong-objection-withdrawal = Write who asked to withdraw it, and how
done-objection-decided = Saved. It holds from now on.
done-objection-undone = The decision was taken back.
done-objection-withdrawn = The objection was withdrawn.
count-personas = { $n ->
    [one] { $count } name
   *[other] { $count } names
  }

-- A case in the urgent route has one notice that lasts, also where two open it in the same moment: whoever answers it ends
-- the telling. Of two that stand open the first stays.
UPDATE urgent_notice SET closed_at = opened_at WHERE closed_at IS NULL AND EXISTS (SELECT 1 FROM urgent_notice n
    WHERE n.case_id = urgent_notice.case_id AND n.closed_at IS NULL AND n.id < urgent_notice.id);
CREATE UNIQUE INDEX urgent_notice_one ON urgent_notice (case_id) WHERE closed_at IS NULL;

/* Who may commit what, when everybody may die, be late or be replaced: transactions, the position with its map of what
 * is done above it, fencing, and the reading back of a commit that got no answer.
 *
 * Two workers read PARTITIONS partitions of OFFSETS documents each. A set of offsets is a number with a bit for each.
 * A worker finishes its documents in any order: a transaction takes any of them. `done` is what a commit of the group
 * says, the position and the map in one; `out` is what a reader of committed outputs has seen.
 *
 * Checked in every state: an output is committed once, `done` says exactly what is in `out`, and it never goes back.
 * Checked where nothing can happen any more: every document has its output.
 * The messages, losses and deaths are bounded: REBALANCES, CRASHES, LOST, EXPIRIES.
 */
#ifndef PARTITIONS
#define PARTITIONS 2
#endif
#ifndef OFFSETS
#define OFFSETS 4
#endif
#ifndef REBALANCES
#define REBALANCES 2
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef LOST
#define LOST 1
#endif
#ifndef EXPIRIES
#define EXPIRIES 1
#endif

#define ALL ((1 << OFFSETS) - 1)
#define NOBODY 2
#define AT(worker, partition) ((worker) * PARTITIONS + (partition))

/* What a worker does: */
#define DEAD 0
#define IDLE 1
#define OPEN 2     /* outputs are sent */
#define ASKED 3    /* who commits, and what, is decided */
#define OFFERED 4  /* the broker has the offsets */
#define WAITS 5    /* for the answer to its commit */
#define FENCED 6   /* its producer is of no more use, and nothing is unknown */
#define UNKNOWN 7  /* likewise, and the commit may have been applied */
#define READS 8    /* the new producer has fenced the old one; what was committed is read */

/* Broker */
byte done[PARTITIONS];
byte out[PARTITIONS];
byte owner[PARTITIONS] = NOBODY;
bit open[2];                                  /* a transaction of this worker's transactional id */
bit expired[2];                               /* the broker ended it, and shut its producer out */
byte written[2 * PARTITIONS];   /* outputs in it */
bit offered[2];
bit with[2 * PARTITIONS];                     /* offsets in it */
byte offers[2 * PARTITIONS];

/* Network */
bit sent[2];      /* a request to commit, not yet handled */
bit answered[2];  /* its answer */

/* Workers */
byte doing[2];
bit current[2];                               /* it has heard of the group's present generation */
bit as[2];                                    /* it commits as a member of that */
bit keeps[2 * PARTITIONS];                    /* it has this partition since before the present generation */
bit own[2 * PARTITIONS];
bit unwanted[2 * PARTITIONS];                 /* outputs in the open transaction of a partition that was taken away */
byte known[2 * PARTITIONS];     /* done, as it knows */
byte taken[2 * PARTITIONS];     /* in the transaction */
bit claims[2 * PARTITIONS];                   /* its commit is of this partition */
byte claim[2 * PARTITIONS];

byte rebalances = REBALANCES;
byte crashes = CRASHES;
byte lost = LOST;
byte expiries = EXPIRIES;

byte p, q, i;
bit yes, some;
byte choice;

/* No open transaction holds offsets of p: a reader that asks for stable ones is answered. */
#ifdef BUG_UNSTABLE
#define STABLE(p) true
#else
#define STABLE(p) (!(open[0] && with[AT(0, p)]) && !(open[1] && with[AT(1, p)]))
#endif

inline forget_transaction(w) {
    open[w] = 0; offered[w] = 0;
    i = 0; do :: i < PARTITIONS -> written[AT(w, i)] = 0; with[AT(w, i)] = 0; offers[AT(w, i)] = 0; i++ :: else -> break od
}
inline forget_taken(w) {
    i = 0; do :: i < PARTITIONS -> taken[AT(w, i)] = 0; unwanted[AT(w, i)] = 0; claims[AT(w, i)] = 0; claim[AT(w, i)] = 0; i++ :: else -> break od;
    as[w] = 0
}
/* Transactions that were aborted are made again of whatever is still wanted: any later choice. */
inline aborted(w) { forget_taken(w); doing[w] = IDLE }

inline keep(w) {
    i = 0;
    do :: i < PARTITIONS -> if :: own[AT(w, i)] && !unwanted[AT(w, i)] -> known[AT(w, i)] = known[AT(w, i)] | taken[AT(w, i)] :: else fi; i++
       :: else -> break
    od
}

inline apply(w) {
    i = 0;
    do
    :: i < PARTITIONS ->
        assert((out[i] & written[AT(w, i)]) == 0);  /* twice */
        out[i] = out[i] | written[AT(w, i)];
        if
        :: with[AT(w, i)] -> assert((done[i] & ~offers[AT(w, i)]) == 0); done[i] = offers[AT(w, i)]  /* goes back */
        :: else
        fi;
        assert(done[i] == out[i]);  /* lost, or done again */
        i++
    :: else -> break
    od;
    forget_transaction(w)
}

inline hears(w) {
    /* It goes on only when what is done of each new partition is told. */
    yes = 1; p = 0;
    do
    :: p < PARTITIONS -> if :: owner[p] == w && !keeps[AT(w, p)] && !STABLE(p) -> yes = 0 :: else fi; p++
    :: else -> break
    od;
    if
    :: yes ->
        p = 0;
        do
        :: p < PARTITIONS ->
            if
            :: keeps[AT(w, p)] -> skip
            :: else ->
                if
                :: taken[AT(w, p)] != 0 -> unwanted[AT(w, p)] = 1; taken[AT(w, p)] = 0; claims[AT(w, p)] = 0; claim[AT(w, p)] = 0
                :: else
                fi;
                if
                :: owner[p] == w -> own[AT(w, p)] = 1; known[AT(w, p)] = done[p]
                :: else -> own[AT(w, p)] = 0; known[AT(w, p)] = 0
                fi
            fi;
            p++
        :: else -> break
        od;
        current[w] = 1
    :: else  /* it waits */
    fi;
    yes = 0; p = 0
}

inline begins(w) {
    if
    :: expired[w] -> doing[w] = FENCED
    :: else ->
        p = 0; some = 0;
        do
        :: p < PARTITIONS ->
            choice = 0;
            if
            :: own[AT(w, p)] ->
                q = 0;
                do
                :: q < OFFSETS -> if :: ((known[AT(w, p)] >> q) & 1) == 0 -> choice = choice | (1 << q) :: true fi; q++
                :: else -> break
                od
            :: else
            fi;
            taken[AT(w, p)] = choice; written[AT(w, p)] = choice;
            if :: choice != 0 -> some = 1 :: else fi;
            p++
        :: else -> break
        od;
        if :: some -> open[w] = 1; doing[w] = OPEN :: else fi
    fi;
    p = 0; q = 0; some = 0; choice = 0
}

inline asks(w) {
    if
    :: expired[w] -> doing[w] = FENCED; forget_taken(w)
    :: else ->
        yes = 1; p = 0;
#ifndef BUG_UNWANTED
        do :: p < PARTITIONS -> if :: unwanted[AT(w, p)] -> yes = 0 :: else fi; p++ :: else -> break od;
#endif
        if
        :: !yes -> forget_transaction(w); aborted(w)
        :: else ->
            as[w] = current[w];
            p = 0;
            do
            :: p < PARTITIONS ->
                if
                :: taken[AT(w, p)] != 0 && own[AT(w, p)] -> claims[AT(w, p)] = 1; claim[AT(w, p)] = known[AT(w, p)] | taken[AT(w, p)]
                :: else
                fi;
                p++
            :: else -> break
            od;
            doing[w] = ASKED
        fi
    fi;
    yes = 0; p = 0; i = 0
}

inline offers_offsets(w) {
    if
    :: expired[w] -> doing[w] = FENCED; forget_taken(w)
#ifndef BUG_GENERATION
    :: !expired[w] && !as[w] -> forget_transaction(w); aborted(w)
    :: !expired[w] && as[w] ->
#else
    :: !expired[w] ->
#endif
        offered[w] = 1;
        p = 0;
        do
        :: p < PARTITIONS -> with[AT(w, p)] = claims[AT(w, p)]; offers[AT(w, p)] = claim[AT(w, p)]; p++
        :: else -> break
        od;
        doing[w] = OFFERED
    fi;
    p = 0; i = 0
}

inline handles(w) {
    sent[w] = 0;
    if
    :: open[w] && !expired[w] -> apply(w); if :: doing[w] == WAITS -> answered[w] = 1 :: else fi
    :: else
    fi;
    i = 0
}

inline rebuilds(w) {
    /* The new producer's first call ends what is open, and no request of the old one is taken any more. */
#ifndef BUG_NO_FENCE
    forget_transaction(w); sent[w] = 0;
#endif
    expired[w] = 0;
    if :: doing[w] == UNKNOWN -> doing[w] = READS :: else -> aborted(w) fi;
    i = 0
}

inline reads(w) {
    yes = 1; some = 0; p = 0;
    do
    :: p < PARTITIONS -> if :: claims[AT(w, p)] && !STABLE(p) -> yes = 0 :: else fi; p++
    :: else -> break
    od;
    if
    :: yes ->
        /* What was committed is there whoever went on with it; what was not is missing from a partition that is still
         * this worker's, since nobody else could do it. Where all were taken away, nobody wants to know. */
        p = 0; some = 1;
        do
        :: p < PARTITIONS ->
            if
#ifdef BUG_EQUAL
            :: claims[AT(w, p)] && claim[AT(w, p)] != done[p] -> some = 0
#else
            :: claims[AT(w, p)] && own[AT(w, p)] && !unwanted[AT(w, p)] && (claim[AT(w, p)] & ~done[p]) != 0 -> some = 0
#endif
            :: else
            fi;
            p++
        :: else -> break
        od;
        if :: some -> keep(w) :: else fi;
        forget_taken(w); doing[w] = IDLE
    :: else
    fi;
    yes = 0; some = 0; p = 0; i = 0
}

inline dies(w) {
    crashes--;
    doing[w] = DEAD; current[w] = 0; as[w] = 0; answered[w] = 0;
    forget_taken(w);
    p = 0;
    do
    :: p < PARTITIONS ->
        own[AT(w, p)] = 0; known[AT(w, p)] = 0;
        if :: owner[p] == w -> owner[p] = NOBODY :: else fi;
        p++
    :: else -> break
    od;
    p = 0; i = 0
}

init {
    d_step { doing[0] = IDLE; doing[1] = IDLE }
again:
    if
    /* --- The group ---------------------------------------------------------------------------------------------- */
    /* The coordinator gives the partitions to those who live, in any way. Whoever had them may not know it yet. */
    :: (rebalances > 0 || owner[0] == NOBODY || owner[PARTITIONS - 1] == NOBODY) && (doing[0] != DEAD || doing[1] != DEAD) ->
        atomic {
            if :: owner[0] != NOBODY && owner[PARTITIONS - 1] != NOBODY -> rebalances-- :: else fi;
            i = 0;
            do
            :: i < 2 * PARTITIONS -> keeps[i] = own[i] && current[i / PARTITIONS]; i++
            :: else -> break
            od;
            i = 0; current[0] = 0; current[1] = 0; as[0] = 0; as[1] = 0;
            p = 0;
            do
            :: p < PARTITIONS ->
                if
                :: doing[0] != DEAD -> owner[p] = 0; keeps[AT(1, p)] = 0
                :: doing[1] != DEAD -> owner[p] = 1; keeps[AT(0, p)] = 0
                fi;
                p++
            :: else -> break
            od;
            p = 0
        }
    /* A worker hears of it. What it keeps it goes on with; of what is new it reads what is done. */
    :: atomic { doing[0] != DEAD && !current[0] -> hears(0) }
    :: atomic { doing[1] != DEAD && !current[1] -> hears(1) }

    /* --- A transaction ------------------------------------------------------------------------------------------ */
    :: atomic { doing[0] == IDLE && (own[AT(0, 0)] || own[AT(0, PARTITIONS - 1)]) -> begins(0) }
    :: atomic { doing[1] == IDLE && (own[AT(1, 0)] || own[AT(1, PARTITIONS - 1)]) -> begins(1) }
    :: d_step { doing[0] == OPEN -> asks(0) }
    :: d_step { doing[1] == OPEN -> asks(1) }
    :: d_step { doing[0] == ASKED -> offers_offsets(0) }
    :: d_step { doing[1] == ASKED -> offers_offsets(1) }
    :: d_step { doing[0] == OFFERED -> sent[0] = 1; doing[0] = WAITS }
    :: d_step { doing[1] == OFFERED -> sent[1] = 1; doing[1] = WAITS }
    :: d_step { sent[0] -> handles(0) }
    :: d_step { sent[1] -> handles(1) }
    :: d_step { doing[0] == WAITS && answered[0] -> answered[0] = 0; keep(0); forget_taken(0); doing[0] = IDLE }
    :: d_step { doing[1] == WAITS && answered[1] -> answered[1] = 0; keep(1); forget_taken(1); doing[1] = IDLE }
    /* No answer in time: it is lost, or still to come. */
    :: d_step { doing[0] == WAITS && lost > 0 -> lost--; answered[0] = 0; doing[0] = UNKNOWN }
    :: d_step { doing[1] == WAITS && lost > 0 -> lost--; answered[1] = 0; doing[1] = UNKNOWN }
    /* Without a loss a commit is refused only when the broker had ended the transaction. */
    :: doing[0] == WAITS && !sent[0] && !answered[0] -> doing[0] = UNKNOWN
    :: doing[1] == WAITS && !sent[1] && !answered[1] -> doing[1] = UNKNOWN
    :: d_step { doing[0] == UNKNOWN || doing[0] == FENCED -> rebuilds(0) }
    :: d_step { doing[1] == UNKNOWN || doing[1] == FENCED -> rebuilds(1) }
    :: d_step { doing[0] == READS -> reads(0) }
    :: d_step { doing[1] == READS -> reads(1) }

    /* --- What goes wrong ---------------------------------------------------------------------------------------- */
    :: d_step { open[0] && expiries > 0 -> expiries--; forget_transaction(0); expired[0] = 1 }
    :: d_step { open[1] && expiries > 0 -> expiries--; forget_transaction(1); expired[1] = 1 }
    /* A dead worker's transaction is always ended at last. */
    :: d_step { open[0] && doing[0] == DEAD && !sent[0] -> forget_transaction(0); expired[0] = 1 }
    :: d_step { open[1] && doing[1] == DEAD && !sent[1] -> forget_transaction(1); expired[1] = 1 }
    :: d_step { crashes > 0 && doing[0] != DEAD -> dies(0) }
    :: d_step { crashes > 0 && doing[1] != DEAD -> dies(1) }
    /* One that comes back has the same transactional id: its first call ends what the dead one left. */
    :: d_step { doing[0] == DEAD -> forget_transaction(0); sent[0] = 0; answered[0] = 0; expired[0] = 0; doing[0] = IDLE }
    :: d_step { doing[1] == DEAD -> forget_transaction(1); sent[1] = 0; answered[1] = 0; expired[1] = 0; doing[1] = IDLE }

    :: done[0] == ALL && done[PARTITIONS - 1] == ALL && doing[0] == IDLE && doing[1] == IDLE && !open[0] && !open[1] -> goto ends
    fi;
    goto again;
ends:
    assert(out[0] == ALL && out[PARTITIONS - 1] == ALL);
}

"""How a stage says what it checked: a line for each check, until one fails. What a check returns is said behind its name."""


def perform(checks):
    """Gives the exit code. A check is a function without arguments; its name is the sentence that it checks."""
    for check in checks:
        name = check.__name__.replace("_", " ")
        try:
            more = check()
        except Exception as error:  # also a file that lacks what a check looks at
            print(f"FAIL {name}: {error if isinstance(error, AssertionError) else repr(error)}", flush=True)
            return 1
        print(f"ok   {name}{f' ({more})' if more else ''}", flush=True)
    return 0

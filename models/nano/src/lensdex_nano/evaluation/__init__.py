"""How well a nano checkpoint finds and reranks problems whose wordings, tasks and drawings training never saw.

settings    what is measured
problems    the judged problems on disk
contents    problems → contents of the three views
checkpoints the engines, and the random-weights twin
embedding   contents → vectors; arrays: kept on disk for the next run
systems     vectors → scores; bm25: words → scores
ranking     scores → rankings, with a query's own template or without
measures    rankings and grades → figures of each query
interval    figures → mean and interval
retrieval   the table of routes and systems; reranking: the table before and after
evaluating  all of it, in order; result: what comes out
tables      for people; command: the command line
"""

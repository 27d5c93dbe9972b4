//! Tables against maps of the standard library; sums against exact sums group by group.

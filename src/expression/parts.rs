//! What an expression is made of.

use super::{Expr, ExprKind};

impl Expr {
    /// The expressions directly below this one, in the order in which they are written.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Column(_)
            | ExprKind::Literal(_)
            | ExprKind::Star
            | ExprKind::Columns(_)
            | ExprKind::Slot(_) => vec![],
            ExprKind::Unary(_, value)
            | ExprKind::InFile { value, .. }
            | ExprKind::IsNull { value, .. }
            | ExprKind::IsNan { value, .. }
            | ExprKind::Cast { value, .. } => vec![value],
            ExprKind::Binary(_, left, right) => vec![left, right],
            ExprKind::Between { value, low, high, .. } => vec![value, low, high],
            ExprKind::In { value, list, .. } => std::iter::once(&**value).chain(list).collect(),
            ExprKind::Like { value, pattern, .. } => vec![value, pattern],
            ExprKind::Case { operand, branches, otherwise } => operand
                .as_deref()
                .into_iter()
                .chain(branches.iter().flat_map(|(condition, result)| [condition, result]))
                .chain(otherwise.as_deref())
                .collect(),
            ExprKind::Call { arguments, filter, .. } => arguments.iter().chain(filter.as_deref()).collect(),
        }
    }

    /// Whether `found` holds for this expression or anything below it.
    pub fn any(&self, found: &dyn Fn(&Expr) -> bool) -> bool {
        found(self) || self.children().into_iter().any(|child| child.any(found))
    }

    /// The names of columns in it, each once, in the order in which they are first written.
    ///
    /// # Examples
    /// ```
    /// use arrcalc::expression::parse_expression;
    ///
    /// let expr = parse_expression("sum(x * y) + 2 * sum(x)").unwrap();
    /// assert_eq!(expr.column_names(), ["x", "y"]);
    /// ```
    pub fn column_names(&self) -> Vec<&str> {
        fn collect<'e>(expr: &'e Expr, names: &mut Vec<&'e str>) {
            if let ExprKind::Column(name) = &expr.kind
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
            expr.children().into_iter().for_each(|child| collect(child, names));
        }
        let mut names = Vec::new();
        collect(self, &mut names);
        names
    }
}

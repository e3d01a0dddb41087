//! What a request to each endpoint sets off, step by step.

use crate::demo::sim::story::Kind;

/// One thing that the endpoint's own service does, or has another one do.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Who does it.
    pub service: &'static str,
    /// The span's name; the function's name where there is one.
    pub name: &'static str,
    pub args: &'static str,
    /// What it asks of the database on its way.
    pub statement: Option<&'static str>,
    /// Its part of the time, against the other steps.
    pub share: f64,
}

/// The service that answers an endpoint, its function, and the steps in order.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    pub service: &'static str,
    pub function: &'static str,
    pub args: &'static str,
    pub steps: &'static [Step],
}

const fn step(
    service: &'static str,
    name: &'static str,
    args: &'static str,
    statement: Option<&'static str>,
    share: f64,
) -> Step {
    Step { service, name, args, statement, share }
}

const STOCK: &str = "SELECT amount FROM stock WHERE sku = ?";

/// In the order of the endpoints.
const RECIPES: [Recipe; 8] = [
    Recipe {
        service: "search",
        function: "search_items",
        args: "('query', page=1)",
        steps: &[
            step("search", "parse_query", "('query',)", None, 1.0),
            step(
                "search",
                "find_items",
                "('query', 20)",
                Some("SELECT id, score FROM items_by_word WHERE word = ?"),
                6.0,
            ),
            step("inventory", "stock_of", "([20 skus],)", Some(STOCK), 4.0),
            step("search", "rank", "([20 items],)", None, 2.0),
        ],
    },
    Recipe {
        service: "catalog",
        function: "list_products",
        args: "('category', page=1)",
        steps: &[
            step(
                "catalog",
                "load_products",
                "('category', 40)",
                Some("SELECT * FROM products WHERE category = ?"),
                5.0,
            ),
            step("inventory", "stock_of", "([40 skus],)", Some(STOCK), 3.0),
            step("catalog", "render", "([40 products],)", None, 1.0),
        ],
    },
    Recipe {
        service: "checkout",
        function: "place_order",
        args: "(<redacted>)",
        steps: &[
            step("checkout", "validate_cart", "(<Cart 3 lines>,)", None, 1.0),
            step(
                "payment",
                "authorize",
                "(<redacted>)",
                Some("INSERT INTO authorizations (id, amount) VALUES (?, ?)"),
                6.0,
            ),
            step(
                "inventory",
                "reserve",
                "([3 skus],)",
                Some("UPDATE stock SET reserved = ? WHERE sku = ? IF amount > ?"),
                5.0,
            ),
            step("notify", "enqueue", "('order_placed', <redacted>)", None, 1.0),
        ],
    },
    Recipe {
        service: "cart",
        function: "change_cart",
        args: "(<Cart>, sku=<redacted>)",
        steps: &[
            step("cart", "load_cart", "(<redacted>)", Some("SELECT * FROM carts WHERE id = ?"), 4.0),
            step("inventory", "stock_of", "([1 sku],)", Some(STOCK), 3.0),
            step("cart", "save_cart", "(<Cart>,)", Some("UPDATE carts SET lines = ? WHERE id = ?"), 3.0),
        ],
    },
    Recipe {
        service: "auth",
        function: "sign_in",
        args: "(<redacted>)",
        steps: &[
            step("auth", "load_user", "(<redacted>)", Some("SELECT hash FROM users WHERE name = ?"), 2.0),
            step("auth", "check_password", "(<redacted>)", None, 7.0),
            step("notify", "send_notice", "('sign_in', <redacted>)", None, 1.0),
        ],
    },
    Recipe {
        service: "billing",
        function: "charge",
        args: "(<redacted>)",
        steps: &[
            step("billing", "check_amount", "(<Amount>,)", None, 1.0),
            step(
                "payment",
                "capture",
                "(<redacted>)",
                Some("UPDATE authorizations SET captured = ? WHERE id = ?"),
                8.0,
            ),
            step("notify", "enqueue", "('paid', <redacted>)", None, 1.0),
        ],
    },
    Recipe {
        service: "accounts",
        function: "load_profile",
        args: "(<redacted>)",
        steps: &[
            step("accounts", "load_user", "(<redacted>)", Some("SELECT * FROM users WHERE id = ?"), 4.0),
            step(
                "accounts",
                "load_orders",
                "(<redacted>, 10)",
                Some("SELECT * FROM orders WHERE customer = ? LIMIT 10"),
                4.0,
            ),
        ],
    },
    Recipe {
        service: "gateway",
        function: "health",
        args: "()",
        steps: &[
            step("gateway", "check_pool", "()", None, 1.0),
            step("gateway", "check_database", "()", Some("SELECT now() FROM system.local"), 3.0),
            step("gateway", "check_queue", "()", None, 1.0),
        ],
    },
];

pub fn recipe(endpoint: usize) -> &'static Recipe {
    RECIPES.get(endpoint).unwrap_or(&RECIPES[RECIPES.len() - 1])
}

impl Recipe {
    /// The step at which an incident of a kind shows, of several one by chance.
    pub fn culprit(&self, cause: Option<Kind>, chance: u64) -> usize {
        // It is one service that does not answer: of those that a request needs always the same one.
        let silent = ["payment", "inventory", "notify"];
        let silent = silent.into_iter().find(|silent| self.steps.iter().any(|step| step.service == *silent));
        let fits = |step: &Step| match cause {
            Some(Kind::Upstream) => Some(step.service) == silent,
            Some(Kind::Database | Kind::Stuck) => step.statement.is_some(),
            _ => step.service == self.service,
        };
        let fitting: Vec<usize> = (0..self.steps.len()).filter(|&i| fits(&self.steps[i])).collect();
        let chosen = chance.checked_rem(fitting.len() as u64).unwrap_or_default() as usize;
        fitting.get(chosen).copied().unwrap_or_default()
    }
}

package io.sluice.codec.script;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mozilla.javascript.Token;
import org.mozilla.javascript.ast.Assignment;
import org.mozilla.javascript.ast.AstNode;
import org.mozilla.javascript.ast.BigIntLiteral;
import org.mozilla.javascript.ast.FunctionCall;
import org.mozilla.javascript.ast.InfixExpression;
import org.mozilla.javascript.ast.Name;
import org.mozilla.javascript.ast.NodeVisitor;
import org.mozilla.javascript.ast.NumberLiteral;
import org.mozilla.javascript.ast.ParenthesizedExpression;
import org.mozilla.javascript.ast.StringLiteral;
import org.mozilla.javascript.ast.TemplateLiteral;
import org.mozilla.javascript.ast.UnaryExpression;

/**
 * Bounds texts that a script joins. A text that is joined to another of unknown length goes through
 * {@link #GUARD} first, so that no sequence of joins doubles it again and again between two looks
 * at the call's bounds. Used once.
 */
final class Concat implements NodeVisitor {
  /** The function that a text goes through. No script can name it. */
  static final String GUARD = "\u0000text";

  private @Nullable AstNode refused;

  /** A number of arbitrary length, which no bound holds for; null where there is none. */
  @Nullable AstNode refused() {
    return refused;
  }

  @Override
  public boolean visit(AstNode node) {
    switch (node) {
      case BigIntLiteral big -> refused = refused == null ? big : refused;
      case Assignment to when to.getOperator() == Token.ASSIGN_ADD -> guardRight(to);
      case InfixExpression sum when sum.getOperator() == Token.ADD -> {
        if (!isShort(sum.getLeft())) {
          guardRight(sum);
        }
      }
      case TemplateLiteral text -> guardAll(text.getElements());
      default -> {}
    }
    return true;
  }

  private static void guardRight(InfixExpression sum) {
    if (!isShort(sum.getRight())) {
      sum.setRight(guarded(sum.getRight()));
    }
  }

  private static void guardAll(List<AstNode> elements) {
    for (int i = 0; i < elements.size(); i++) {
      AstNode each = elements.get(i);
      if (each.getType() != Token.TEMPLATE_CHARS && !isShort(each)) {
        elements.set(i, guarded(each));
      }
    }
  }

  private static FunctionCall guarded(AstNode text) {
    FunctionCall call = new FunctionCall(text.getPosition(), text.getLength());
    call.setLineColumnNumber(text.getLineno(), text.getColumn());
    Name guard = new Name(text.getPosition(), GUARD);
    guard.setLineColumnNumber(text.getLineno(), text.getColumn());
    call.setTarget(guard);
    call.addArgument(text);
    return call;
  }

  /** Whether it is a literal or a number: joined once, it adds what the script's own text has. */
  private static boolean isShort(AstNode node) {
    return switch (node) {
      case StringLiteral _, NumberLiteral _ -> true;
      case ParenthesizedExpression inner -> isShort(inner.getExpression());
      case UnaryExpression _ -> true;
      case Assignment _ -> false;
      case InfixExpression two -> isNumber(two.getOperator());
      default -> false;
    };
  }

  private static boolean isNumber(int operator) {
    return switch (operator) {
      case Token.SUB,
          Token.MUL,
          Token.DIV,
          Token.MOD,
          Token.BITAND,
          Token.BITOR,
          Token.BITXOR,
          Token.LSH,
          Token.RSH,
          Token.URSH ->
          true;
      default -> false;
    };
  }
}
